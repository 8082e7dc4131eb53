#!/usr/bin/env ruby
# frozen_string_literal: true

# ruby.rb: the adapter that makes Ruby 3 a subject of cowlab.
#
# It speaks subjects/PROTOCOL.md and serves workloads written as one would write
# them in Ruby.  Its parts are in the folder ruby/ beside it.

module Cowlab
  if ARGV == ["--describe"]
    require_relative "ruby/describe"
    describe
  elsif ARGV.any? || !ENV.key?("COWLAB_SOCKET")
    abort "ruby.rb: cowlab starts this program, with COWLAB_SOCKET set; by " \
          "hand it can only do ruby.rb --describe"
  else
    require_relative "ruby/template"
    Template.new.converse
  end
end
