"""Lab 07's ward: five ailing networks and three instruments."""
