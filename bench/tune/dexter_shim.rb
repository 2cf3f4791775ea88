# Lets dexter run on Debian's older pg_query 2.2 and slop 4.9 (it asks for 6 and 4.10).
# Loaded after dexter with `ruby -r`; only names are adapted, nothing of its method.

require "dexter"

module OlderTree
  # pg_query 2 calls a string node's text "str", pg_query 6 "sval".
  def find_columns(tree)
    super.each do |column|
      column["fields"].each do |field|
        string = field["String"]
        string["sval"] ||= string["str"] if string
      end
    end
  end
end

Dexter::ColumnResolver.prepend(OlderTree)
