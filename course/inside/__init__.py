"""All our code that enters the sandbox and runs beside student code. This folder holds no answers and no records."""
