"""Customers, sales, stock and invoices in one small program."""
