"""What stands in fields: names, dates, pages, printed references; and the record in the making."""
