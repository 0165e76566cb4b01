"""Pages of identity: the portal's sign-in and account, the workbench's list of accounts."""
