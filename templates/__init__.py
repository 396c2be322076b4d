"""Words: everything the bot says, as templates; the only home of Russian prose besides the catalogue."""
