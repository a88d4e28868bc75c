"""Live pictures and sound: sources in, viewers out, recordings. Rooms on the right say what a stream is."""
