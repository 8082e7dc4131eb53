# frozen_string_literal: true

require_relative "parameters"

module Cowlab
  # Which Ruby this is, and what it can be asked for.
  module Runtime
    OPTIONS = [
      ChoiceParameter.new("collect-at-load", "yes", %w[yes no],
                          "whether the template collects while it loads: how " \
                          "old its objects are at the fork depends on when; " \
                          "if not, all are young")
    ].freeze

    # step: [what it does, how, where it is]
    STEPS = {
      "start" => ["GC.start: a full collection, and what survives is older",
                  -> { GC.start }, true],
      "compact" => ["GC.compact: a full collection, and objects are moved " \
                    "together",
                    -> { GC.compact }, GC.respond_to?(:compact)],
      "auto-compact" => ["GC.auto_compact = true: each full collection " \
                         "compacts, in the workers too",
                         -> { GC.auto_compact = true },
                         GC.respond_to?(:auto_compact=)],
      "warmup" => ["Process.warmup: what survives a full collection is old, " \
                   "compact, and without free pages",
                   -> { Process.warmup }, Process.respond_to?(:warmup)],
      "disable" => ["GC.disable: collections only when asked for",
                    -> { GC.disable }, true]
    }.freeze

    # Why a step may not be there.
    NEEDS = {
      "compact" => "GC.compact is not supported on this platform",
      "auto-compact" => "GC.auto_compact is not supported on this platform",
      "warmup" => "Process.warmup needs Ruby 3.3 or later"
    }.freeze

    def self.steps
      STEPS.select { |_, (_, _, there)| there }
    end

    # Those that are not there, and why.
    def self.lacks
      (STEPS.keys - steps.keys).to_h do |name|
        [name, "#{NEEDS[name]}, and this is Ruby #{RUBY_VERSION}"]
      end
    end

    # What performs a step.
    def self.step(name)
      raise ArgumentError, "Ruby has no step '#{name}'" unless STEPS.key?(name)
      raise NotImplementedError, lacks[name] if lacks.key?(name)

      STEPS[name][1]
    end
  end
end
