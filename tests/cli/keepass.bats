#!/usr/bin/env bats
# What comes from KeePass and its relatives, and goes there.

load helpers

# kpxml ENTRY: a document around it.
kpxml() {
	printf '<?xml version="1.0" encoding="utf-8"?><KeePassFile><Root><Group>%s' "$1"
	printf '</Group></Root></KeePassFile>'
}

field() { printf '<String><Key>%s</Key><Value>%s</Value></String>' "$1" "$2"; }

@test "XML of KeePass is recognised, taken, and adds nothing the second time" {
	kpxml "<Entry><UUID>AgICAgICAgICAgICAgICAg==</UUID>$(field Title shop)$(field Password one)
		<AutoType><Enabled>False</Enabled></AutoType></Entry>" >a.xml
	answers 0 vault import a.xml
	shows '1 of 1 entries added (KeePass 2 XML)'
	shows 'auto-type: of use to that program only (shop)'
	[ "$(vault get shop)" = one ]
	answers 0 vault import a.xml
	shows '0 of 1 entries added'
}

@test "XML with a DOCTYPE, or cut off, is refused by its line, and nothing is taken" {
	printf '<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n<KeePassFile>&b;' >a.xml
	answers 2 vault import a.xml
	says 'line 1: it has a DOCTYPE'
	kpxml "<Entry>$(field Password one)</Entry><Entry>" >a.xml
	answers 2 vault import a.xml
	says 'line 1: mismatched tag'
	answers 0 vault list
	printed ''
}
