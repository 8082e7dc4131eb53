# frozen_string_literal: true

module Cowlab
  NO_EFFECT = "no effect: how it lies in memory is the runtime's choice"

  def self.number(text, minimum, maximum)
    return text.to_i if text.match?(/\A\d{1,20}\z/) &&
                        text.to_i.between?(minimum, maximum)

    raise ArgumentError,
          "'#{text}' is not an integer from #{minimum} to #{maximum}"
  end

  # What a workload can be told: declared as in C, and read from a load.
  IntegerParameter =
    Struct.new(:name, :default, :minimum, :maximum, :unit, :meaning) do
      def read(text)
        Cowlab.number(text, minimum, maximum)
      end

      # As in a line of --describe.
      def fields
        [name, "integer", default, minimum, maximum, unit, meaning]
      end
    end

  # One of some words.
  ChoiceParameter = Struct.new(:name, :default, :words, :meaning) do
    def read(text)
      return text if words.include?(text)

      raise ArgumentError, "'#{name}=#{text}' is none of #{words.join(', ')}"
    end

    def fields
      [name, "choice", default, words.join("|"), "-", "-", meaning]
    end
  end

  # The values by name, from the texts that were given.
  def self.read_settings(parameters, given)
    known = parameters.to_h { |parameter| [parameter.name, parameter] }
    settings = known.transform_values(&:default)
    given.each do |name, text|
      known.key?(name) or
        raise ArgumentError, "'#{name}=#{text}' is not a known setting"
      settings[name] = known[name].read(text)
    end
    settings
  end
end
