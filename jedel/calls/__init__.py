"""Live conversations of a device in public (an SOS post) with the duty officer."""
