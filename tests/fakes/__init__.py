"""Engines that misbehave, each in one way, at the word "boom"; everything else they say as `silence` does."""
