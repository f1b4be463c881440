"""What a class made of an assignment: tables for a terminal, a page, a sheet, and JSON."""
