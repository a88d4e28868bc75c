"""Look-ups in the registers: each has a purpose and is on record before its answer; the auditor sees them."""
