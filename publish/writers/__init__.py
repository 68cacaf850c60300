"""One module an output format; the module's name is the format's name. See :mod:`publish.plugins` for the contract."""
