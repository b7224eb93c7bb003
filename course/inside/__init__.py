"""What enters the sandbox and runs beside student code. The folder is the list: no answers and no records lie in it."""
