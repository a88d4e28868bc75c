"""Made-up registers: files as a department would hand them over, with right check digits and invented names.

No real person can be meant: everybody was born in the nineteenth century, by their ИИН.
"""
