"""A parser for each format, and what several of them share; ``ingest.formats`` lists them."""
