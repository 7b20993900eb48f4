"""What a record is and where it lives: types, identity, theme vocabulary, the SQLite store.

The ground of the project: imports nothing from ``ingest``, ``index`` or ``kb``.
"""
