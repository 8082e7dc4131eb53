# frozen_string_literal: true

# The application, with nothing around it.

require_relative "held"

PATH = %r{\A/request/(\d+)/(\d+)\z}.freeze

run(lambda do |environment|
  found = PATH.match(environment["PATH_INFO"])
  next [404, { "Content-Type" => "text/plain" }, ["no such page\n"]] unless found

  body = Cowlab::Held.worker.request(found[1].to_i, found[2].to_i)
  [200, { "Content-Type" => "text/plain", "Content-Length" => body.bytesize.to_s },
   [body]]
end)
