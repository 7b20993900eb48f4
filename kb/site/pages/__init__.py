"""What each page shows: functions from a knowledge base to what its template is given."""
