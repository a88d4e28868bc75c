"""Pictures → plates: `engines` read frames, `track` makes one passing of several of them.

Nothing is named here, so that a process that only passes frames on loads no pictures library and no network.
"""
