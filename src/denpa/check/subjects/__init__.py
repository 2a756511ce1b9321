"""What can be checked: each kind of code as a `Subject`."""
