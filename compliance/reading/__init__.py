"""What papers say: text, language, sections, certificates, substances. Pure: no Django, no database, no network."""
