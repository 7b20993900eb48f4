"""Searches sent to live services, page by page."""
