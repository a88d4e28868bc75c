"""Words every room shares: ids, clock, geometry, errors, limits. No input or output happens here."""
