"""A camera goes from one region to another: offered by one, taken by the other."""
