# frozen_string_literal: true

require_relative "../scale"
require_relative "../strings"
require_relative "../word"

module Cowlab
  module Workloads
    # PyTorch's copy on read; see workloads/read-mostly.h.
    #
    # An Integer of a record is part of the record here, and no object.
    class ReadMostly
      ABOUT = "PyTorch's copy on read: records of an inherited list are read"

      PARAMETERS = [
        Scale.parameter("200 000 records"),
        IntegerParameter.new("fields", 6, 1, 1000, "fields",
                             "values in a record: strings and integers in " \
                             "turn"),
        IntegerParameter.new("string-bytes", 24, 1, 65_536, "bytes",
                             "length of every string"),
        ChoiceParameter.new("lists", "inline", %w[inline split], NO_EFFECT),
        IntegerParameter.new("batch", 64, 1, 10_000_000, "records",
                             "records that a request reads"),
        ChoiceParameter.new("order", "random", %w[random sequential],
                            "which records are read: random ones, or those " \
                            "behind the last request's")
      ].freeze

      RECORDS = 200_000 # at scale 1000

      def initialize(settings, _random)
        @batch = settings["batch"]
        @sequential = settings["order"] == "sequential"
        fields = settings["fields"]
        bytes = settings["string-bytes"]
        @records = Array.new(Scale.of(RECORDS, settings)) do |i|
          Array.new(fields) do |f|
            n = i * fields + f
            f.even? ? Cowlab.string_of(bytes, n) : n
          end
        end
      end

      def request(number, random)
        total = 0
        @batch.times do |j|
          i = @sequential ? (@batch * number + j) % @records.length
                          : random.below(@records.length)
          @records[i].each do |value|
            total += value.is_a?(String) ? value.bytesize + value.getbyte(-1)
                                         : value
          end
        end
        Cowlab.mix(total)
      end

      def checksum
        sum = Word.new
        @records.each do |record|
          record.each do |value|
            sum.mix_in(value.is_a?(String) ? value.bytesize * 256 +
                                             value.getbyte(-1)
                                           : value)
          end
        end
        sum
      end
    end
  end
end
