"""From files to records to tags: readers, names and dates, dedupe, tagger. Stands on ``corpus`` only."""
