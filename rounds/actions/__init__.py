"""What may be done to rounds, each with who and why.

Order of locks. Of two who work at once one waits for the other, and never both: every action takes the locks it needs
in this order, several of one kind by their keys,

    round → response → list → case → raising → commitment

and asks again, under them, what it asked before. What is read to learn which locks are needed (the list and the case of
a raising) is read without a lock first. Entries of a list are written only under the lock of their list; answers and
their claims only under that of their response: it does not matter when their own locks are taken.
"""
