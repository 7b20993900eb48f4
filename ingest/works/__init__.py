"""One work, one record: descriptions compared, grouped and merged, and what people decided about it."""
