"""The site for programs: what it takes and gives as JSON, and the description of that in OpenAPI."""
