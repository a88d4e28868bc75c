"""OWASP ASVS 5.0, levels 1 and 2: attacks by chapter, and a register of where each requirement stands."""
