"""Turning cameras: who may, who does now, and by which protocol."""
