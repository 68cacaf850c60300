"""The words in which a book says how it can be read (Schema.org Accessibility Properties for Discoverability)."""

from __future__ import annotations

from typing import Final

MODES: Final = frozenset([
    "auditory", "chartOnVisual", "chemOnVisual", "colorDependent", "diagramOnVisual", "mathOnVisual",
    "musicOnVisual", "tactile", "textOnVisual", "textual", "visual",
])  # fmt: skip
SUFFICIENT: Final = frozenset([
    "auditory", "tactile", "textual", "visual",
])  # fmt: skip
FEATURES: Final = frozenset([
    "annotations", "ARIA", "bookmarks", "index", "pageBreakMarkers", "pageNavigation", "printPageNumbers",
    "readingOrder", "structuralNavigation", "tableOfContents", "taggedPDF", "alternativeText",
    "audioDescription", "captions", "closedCaptions", "describedMath", "longDescription", "openCaptions",
    "signLanguage", "transcript", "displayTransformability", "synchronizedAudioText", "timingControl",
    "unlocked", "ChemML", "latex", "latex-chemistry", "MathML", "MathML-chemistry", "ttsMarkup",
    "highContrastAudio", "highContrastDisplay", "largePrint", "braille", "tactileGraphic", "tactileObject",
    "fullRubyAnnotations", "horizontalWriting", "rubyAnnotations", "verticalWriting",
    "withAdditionalWordSegmentation", "withoutAdditionalWordSegmentation", "none", "unknown",
])  # fmt: skip
HAZARDS: Final = frozenset([
    "flashing", "noFlashingHazard", "unknownFlashingHazard", "motionSimulation", "noMotionSimulationHazard",
    "unknownMotionSimulationHazard", "sound", "noSoundHazard", "unknownSoundHazard", "none", "unknown",
])  # fmt: skip
VALUES: Final = {
    "schema:accessMode": MODES,
    "schema:accessModeSufficient": SUFFICIENT,
    "schema:accessibilityFeature": FEATURES,
    "schema:accessibilityHazard": HAZARDS,
}
"""The values of each property."""
EXCLUSIVE: Final = (
    ("flashing", "noFlashingHazard", "unknownFlashingHazard"),
    ("motionSimulation", "noMotionSimulationHazard", "unknownMotionSimulationHazard"),
    ("sound", "noSoundHazard", "unknownSoundHazard"),
)
"""Hazards of which one at most can be."""
ALONE: Final = frozenset({"none", "unknown"})
"""Values beside which there can be no other."""
