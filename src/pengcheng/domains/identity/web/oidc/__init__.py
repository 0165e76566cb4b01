"""The OpenID provider's doors: for programs, for people on their way, for administrators."""
