"""The vocabulary as people keep it: reading and checking its file, editing it, comparing, its history."""
