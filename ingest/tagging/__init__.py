"""From the words of a record to its tags."""
