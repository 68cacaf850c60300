"""One module a source format; the module's name is the format's name. See :mod:`publish.plugins` for the contract."""
