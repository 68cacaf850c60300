"""One module a speech engine; the module's name is the engine's name. See :mod:`publish.plugins` for the contract."""
