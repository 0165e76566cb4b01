"""Who is who in the city: accounts, passwords, roles and the sessions they are signed in with."""
