"""The page on which a person acts as any workspace user: server-rendered, htmx for updates, no build step."""
