"""Groups of a region's cameras, which rules of rights speak of."""
