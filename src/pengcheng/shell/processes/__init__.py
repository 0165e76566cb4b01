"""The processes of a running city: one front, one Django, one worker, one who watches over them."""
