"""From records to ranked hits: query language, keyword and semantic engines, fusion. Stands on ``corpus``."""
