"""Lists: what cars are looked for, on what ground, until when; made by hand or computed from the registers.

Workers use ``load``; alerts use ``reasons``; the rules are the jurisdiction's (``kz/watch.json``).
"""
