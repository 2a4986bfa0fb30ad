"""What each file may hold: shapes only, no rules across records. Also the source of the JSON Schema for editors."""
