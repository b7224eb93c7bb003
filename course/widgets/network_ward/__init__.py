"""Lab 07's ward: five networks with one fault each, and three instruments."""
