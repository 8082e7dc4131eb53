# frozen_string_literal: true

require_relative "parameters"

module Cowlab
  # The size of a template, as workloads/scale.h has it.
  module Scale
    DEFAULT = 1000

    # The parameter of a workload that builds so many at scale 1000.
    def self.parameter(objects)
      IntegerParameter.new(
        "scale", DEFAULT, 1, 1_000_000, "permille",
        "size of what is built in the template: 1000 is #{objects}"
      )
    end

    # So many of `count`, rounded, and at least one.
    def self.of(count, settings)
      [(count * settings["scale"] + DEFAULT / 2) / DEFAULT, 1].max
    end
  end
end
