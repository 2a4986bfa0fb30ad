"""Commands on the configuration folder: `validate`, `schema`, `fmt`, `export`, `import`."""
