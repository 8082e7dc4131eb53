# frozen_string_literal: true

require_relative "build"
require_relative "runtime"
require_relative "workloads"

module Cowlab
  # What this subject says of itself (PROTOCOL.md, "Describing itself").
  def self.facts
    facts = [["cowlab-subject", 1], %w[subject ruby],
             ["about", "Ruby 3, with the workloads written in Ruby"],
             %w[stands-for Ruby],
             ["version", "Ruby #{RUBY_VERSION}p#{RUBY_PATCHLEVEL}"]]
    Build.facts.each do |name, value|
      text = value.to_s.split.join(" ")
      facts << ["build", name, text] unless text.empty?
    end
    Runtime::OPTIONS.each { |option| facts << ["option", *option.fields] }
    Runtime.steps.each do |name, (meaning)|
      facts << ["prepare", name, meaning]
    end
    Runtime.lacks.each { |name, why| facts << ["lacks", name, why] }
    Workloads::NAMES.each do |name|
      file = Workloads.find(name)
      facts << ["workload", name, file::ABOUT]
      file::PARAMETERS.each do |parameter|
        facts << ["parameter", name, *parameter.fields]
      end
    end
    facts
  end

  def self.describe
    facts.each { |fact| puts fact.join("\t") }
  end
end
