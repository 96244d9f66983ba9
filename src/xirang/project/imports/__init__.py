"""Taking in files of the district: every row ends up in the register or, with its reason, in the report."""
